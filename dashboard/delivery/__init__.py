"""Reports by mail: the message, the way to the server, and the log that keeps anything from being sent twice."""
