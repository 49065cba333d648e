"""Layout of the tables of the rheumatoid arthritis cohort."""
