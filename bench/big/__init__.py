"""The whole of Kenya in a database: 200,000 people, 500,000 listings, 1,000,000 orders (`make big`)."""
