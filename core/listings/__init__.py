"""What is for sale, and every movement of its stock (sections 4.1 and 4.2)."""
