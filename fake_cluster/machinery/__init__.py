"""What every controller is made of: clients, clock, queue and manager."""
