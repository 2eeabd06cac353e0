"""What has to be right outside the code; each file looks at one neighbour of the platform."""
