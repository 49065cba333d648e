"""The rheumatoid arthritis cohort: settings, a room per notebook that bears its name, and what rooms share."""
