// Selvedge browser client
