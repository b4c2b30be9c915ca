"""Every route, method and role, and what each person must experience: see `table/*.csv`."""
