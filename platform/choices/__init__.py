"""The settings of a platform, read from its stack file and validated before deployment."""
