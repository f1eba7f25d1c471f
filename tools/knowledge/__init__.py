"""Sample knowledge, written for this project: a clothes guide in Korean and English, and a company's blog page."""
