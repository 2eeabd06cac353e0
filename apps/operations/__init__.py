"""For whoever runs the platform: metrics, a doctor, and what was set aside. No tenant's figures, and no tenant looks here."""
