"""The consumer: fetches records from the topic and applies them."""
