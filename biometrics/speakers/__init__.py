"""Who speaks: the applicant, the officer, another voice."""
