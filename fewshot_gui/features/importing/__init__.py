"""Adding pictures: drops, pastes and dialogs; archives are unpacked, addresses downloaded, folders
searched."""
