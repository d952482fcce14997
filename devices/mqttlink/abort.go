package mqttlink

// Abort ends the connection as a device does that loses its power: without a goodbye, so that the broker publishes the will. It is
// for simulated devices. Close may follow.
func (c *Client) Abort() { c.hangUp() }
