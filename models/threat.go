package models

// ThreatBand is a range of threat scores with a name: From and what lies up to Below, without it.
type ThreatBand struct {
	Name        string
	From, Below float64
}

// ThreatBands lists the bands, rising. The last one holds 1, the highest score.
func ThreatBands() []ThreatBand {
	return []ThreatBand{{"benign", 0, 0.15}, {"low", 0.15, 0.4}, {"medium", 0.4, 0.7}, {"high", 0.7, 0.9}, {"critical", 0.9, 2}}
}
