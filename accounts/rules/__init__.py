"""What an acceptable account looks like, and when a sign-in must wait. Values in, verdict out."""
