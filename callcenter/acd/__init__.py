"""Who answers: seats, offers, queueing."""
