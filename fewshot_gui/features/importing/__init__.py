"""The ways in: drops, pastes and dialogs; archives are unpacked, addresses fetched, pictures searched for."""
