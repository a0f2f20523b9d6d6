"""The settings of a platform: what a stack file says, checked before anything is deployed."""
