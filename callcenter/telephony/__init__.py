"""The way to Asterisk: ARI for call control, AMI for what ARI does not carry, speech."""
