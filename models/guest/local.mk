## models/guest: what runs in a VM.
