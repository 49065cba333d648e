"""The science of the studies: eligibility, scoring, paired statistics. Only `read` touches files."""
