## models/host: virtual switch, policy agent and physical NIC.
