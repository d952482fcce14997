package config

// Room is one fitting-room cubicle and the antennas that hear it. One reader may serve several places, each by its own antennas;
// an antenna belongs to at most one place.
type Room struct {
	ID       string `yaml:"id"`
	Name     string `yaml:"name"` // on the kiosk and in the staff queue
	Reader   string `yaml:"reader"`
	Antennas []int  `yaml:"antennas"` // numbered from 1 as on the reader's housing
	// Neighbours are the rooms behind a thin wall, where a stray read is likely: a move there and back needs
	// presence.neighbour_margin. Naming it on one side is enough.
	Neighbours []string `yaml:"neighbours"`
}

// Tray is where a shopper lays down what they buy: the antennas of a checkout.
type Tray struct {
	ID       string `yaml:"id"`
	Name     string `yaml:"name"`
	Reader   string `yaml:"reader"`
	Antennas []int  `yaml:"antennas"`
}

// Zone is a part of the floor. Its gateways hear enrolled radio tags, its antennas garments; it has one of the two or both. A
// gateway and an antenna belong to at most one zone.
type Zone struct {
	ID       string   `yaml:"id"`
	Name     string   `yaml:"name"`
	Gateways []string `yaml:"gateways"`
	Reader   string   `yaml:"reader"`
	Antennas []int    `yaml:"antennas"`
}
