"""What is it: a tariff number for goods, with how sure we are and which fact would decide."""
