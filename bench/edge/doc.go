// Package edge puts the product's own edge over a database in the measuring process: its whole handler, a signed-in caller,
// and requests without a network between. It owns no measurement.
package edge
