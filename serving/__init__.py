"""Who asks, and what is kept. Imports data and models; never imports training."""
