"""The consumer: fetches records from the topic and has them applied."""
