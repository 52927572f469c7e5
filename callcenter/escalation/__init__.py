"""The contact ladder for people: the centre's policy, duty phones, drills, reports, and how a ladder is shown."""
