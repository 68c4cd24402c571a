"""The context inspector: what goes before the draft, what each part costs, what can stay behind."""
