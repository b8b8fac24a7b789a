"""Letters of the mobility fund: composed here, carried by the mail room."""
