"""The science of the studies: eligibility, scoring, paired statistics. Pure functions; only `read` touches files."""
