"""The security checks of the threat model, one file per group, each test named by its id (`test_d09_…`)."""
