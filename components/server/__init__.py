"""What stands between the network and a visit: addresses, sockets, places, compression, what is compiled before a visitor waits."""
