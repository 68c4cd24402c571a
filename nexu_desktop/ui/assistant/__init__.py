"""How a conversation is to be answered: the fields, and the card that holds them."""
