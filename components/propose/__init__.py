"""Stage: finds tasks on a site that nobody wrote: maps it, proposes, checks, tries, chooses."""
