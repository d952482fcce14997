package profileapi

import (
	"encoding/json"
	"time"
)

// Paths of the service. {bucket} and {sha} stand for one path segment.
const (
	PathIngest   = "/v1/ingest"            // POST a batch -> IngestResult
	PathChanges  = "/v1/changes"           // GET ?cursor=&store=&wait=SECONDS&max= -> Changes
	PathSnapshot = "/v1/snapshot/{bucket}" // GET ?store=&after=&limit= -> Snapshot
	PathPicture  = "/v1/pictures/{sha}"    // GET the file; PUT it (operator)
	PathTime     = "/v1/time"              // GET -> Time
	PathImport   = "/v1/import/catalogue"  // POST Import -> ImportResult (operator)
	PathEvents   = "/v1/events"            // GET ?device=&epoch=&lane=&after=&limit= -> Events (operator)
)

// Media types and encodings on the wire.
const (
	TypeBatch   = "application/cloudevents-batch+json"
	TypeJSON    = "application/json"
	TypeProblem = "application/problem+json"
	Zstd        = "zstd"
)

// Limits both sides agree on.
const (
	MaxBatchEvents  = 1000     // events in one batch
	MaxBatchBytes   = 10 << 20 // of a batch, decompressed
	MaxPictureBytes = 8 << 20  // of one picture
	MaxPage         = 5000     // changes in one answer
	MaxWait         = 60 * time.Second
)

// IngestResult says that everything in the lane up to AckedTo is durable.
type IngestResult struct {
	AckedTo    int64     `json:"acked_to"`
	ServerTime time.Time `json:"server_time"`
}

// Time is the centre's clock.
type Time struct {
	Time time.Time `json:"time"`
}

// Bucket is a kind of thing the feed carries.
type Bucket string

// The buckets. Keys: a product's or an offer's id, an item's or price's GTIN, "store/gtin" for stock.
const (
	BucketProduct Bucket = "product"
	BucketItem    Bucket = "item"
	BucketPrice   Bucket = "price" // the same in all stores
	BucketOffer   Bucket = "offer" // the same in all stores; each keeps those that hold there
	BucketStock   Bucket = "stock" // per store
)

// Buckets are all buckets in the order in which a reader wants them: what is referred to comes first.
func Buckets() []Bucket {
	return []Bucket{BucketProduct, BucketItem, BucketPrice, BucketOffer, BucketStock}
}

// Change is the newest state of one key.
type Change struct {
	Bucket  Bucket          `json:"bucket"`
	Key     string          `json:"key"`
	Version int64           `json:"version"` // grows with every change of anything in this life of the feed
	Deleted bool            `json:"deleted,omitempty"`
	Value   json.RawMessage `json:"value,omitempty"` // absent when deleted
}

// Changes is an answer to GET /v1/changes. A key changed several times since the cursor appears once, with its newest state.
type Changes struct {
	Cursor  string   `json:"cursor"` // what to ask with next
	Changes []Change `json:"changes"`
	More    bool     `json:"more"` // ask again at once
}

// Snapshot is one page of a bucket, deleted keys left out.
type Snapshot struct {
	Cursor  string   `json:"cursor"` // where to follow from, if this is the first page read
	Changes []Change `json:"changes"`
	Next    string   `json:"next,omitempty"` // the after of the next page; "" at the end
}

// Product is the value of a key in BucketProduct. Texts are by language tag; pictures are SHA-256 sums in hex.
type Product struct {
	ID          string            `json:"id"`
	Name        map[string]string `json:"name"`
	Brand       string            `json:"brand,omitempty"`
	Description map[string]string `json:"description,omitempty"`
	Composition map[string]string `json:"composition,omitempty"`
	Care        map[string]string `json:"care,omitempty"`
	Pictures    []string          `json:"pictures,omitempty"`
}

// Item is the value of a key in BucketItem.
type Item struct {
	GTIN      string            `json:"gtin"`
	Product   string            `json:"product"`
	SKU       string            `json:"sku,omitempty"`
	Size      string            `json:"size,omitempty"`
	SizeOrder int               `json:"size_order,omitempty"`
	Colour    map[string]string `json:"colour,omitempty"`
	ColourHex string            `json:"colour_hex,omitempty"` // "#rrggbb"
	Pictures  []string          `json:"pictures,omitempty"`
}

// Price is the value of a key in BucketPrice: all that is known of an item's price, now and planned.
type Price struct {
	GTIN    string        `json:"gtin"`
	Periods []PricePeriod `json:"periods"`
}

// PricePeriod is one price between two moments, tax included.
type PricePeriod struct {
	Minor       int64     `json:"minor"`
	Currency    string    `json:"currency"`
	VATBP       int       `json:"vat_bp"` // 2000 is 20 %
	From        time.Time `json:"from,omitzero"`
	To          time.Time `json:"to,omitzero"`            // exclusive
	LowestPrior int64     `json:"lowest_prior,omitempty"` // lowest of the thirty days before a reduction
}

// Offer is the value of a key in BucketOffer: a reduction as data.
type Offer struct {
	ID   string            `json:"id"`
	Name map[string]string `json:"name"` // what the shopper reads
	// Kind is "percentage" (BasisPoints off each piece), "amount" (Minor off each piece), "n_for_m" (of each N pieces the cheapest
	// N-M are free) or "set_price" (each N pieces together cost Minor).
	Kind string    `json:"kind"`
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"` // exclusive
	// Stores (ids) are where it holds; none means everywhere.
	Stores []string `json:"stores,omitempty"`
	// Coupon is the code that must be shown.
	Coupon string `json:"coupon,omitempty"`
	// Items (GTINs) and Products (ids) are what it is about; neither means everything.
	Items    []string `json:"items,omitempty"`
	Products []string `json:"products,omitempty"`
	// Basket: a percentage or an amount off the basket as a whole, if what it is about comes to at least LeastMinor.
	Basket      bool   `json:"basket,omitempty"`
	LeastMinor  int64  `json:"least_minor,omitempty"`
	BasisPoints int    `json:"basis_points,omitempty"` // 2000 is 20 %
	Minor       int64  `json:"minor,omitempty"`
	Currency    string `json:"currency,omitempty"` // of Minor and LeastMinor
	N           int    `json:"n,omitempty"`
	M           int    `json:"m,omitempty"`
	// Rank: of two that want the same piece the higher one has it.
	Rank int `json:"rank,omitempty"`
}

// Stock is the value of a key in BucketStock. Books that have sold more than they knew of say less than nothing: a shop takes that as none.
type Stock struct {
	Store    string `json:"store"`
	GTIN     string `json:"gtin"`
	Quantity int    `json:"quantity"`
}

// Import is the body of POST /v1/import/catalogue. It is checked whole before anything of it is published.
type Import struct {
	Store string `json:"store,omitempty"` // whose stock Stock is
	// Replace deletes what the service has and the import has not: products, items, prices, this store's stock, and the offers if the
	// import has a list of them, even an empty one.
	Replace  bool      `json:"replace,omitempty"`
	Products []Product `json:"products,omitempty"`
	Items    []Item    `json:"items,omitempty"`
	Prices   []Price   `json:"prices,omitempty"`
	Stock    []Stock   `json:"stock,omitempty"`
	Offers   []Offer   `json:"offers,omitzero"`
}

// ImportResult counts what an import did. Unchanged values got no new version.
type ImportResult struct {
	Changed   int `json:"changed"`
	Unchanged int `json:"unchanged"`
	Deleted   int `json:"deleted"`
	// StoreUnchecked: the import names a store, and the service has no list of its shops to look it up in.
	StoreUnchecked bool `json:"store_unchecked,omitempty"`
}

// EventRef is one stored event of a lane without its body.
type EventRef struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
}

// Events is a page of a lane in its order.
type Events struct {
	Events []EventRef `json:"events"`
	Next   int64      `json:"next,omitempty"` // the after of the next page; 0 at the end
}
