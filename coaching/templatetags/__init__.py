"""What templates may say besides Django's own: icons, figures, form fields. Loaded as builtins (settings)."""
