"""What all pages share: fields, texts, deadlines, and the frame around the content."""
