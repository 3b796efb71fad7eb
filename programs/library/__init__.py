"""Named programs, one file each, in the language that planners write; they are read and checked, never imported."""
