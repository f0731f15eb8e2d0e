package playbooks

import (
	"fmt"
	"strconv"
)

// suggestion is ": did you mean x?" for the nearest of the names, or nothing when none is near.
func suggestion(wrong string, names []string) string {
	best, distance := "", 3
	for _, name := range names {
		if d := editDistance(wrong, name, distance); d < distance {
			best, distance = name, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %s?", best)
}

// editDistance counts insertions, deletions and changes between two short names; limit or more are limit.
func editDistance(a, b string, limit int) int {
	if len(a) > 64 || len(b) > 64 || len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return min(row[len(b)], limit)
}

// countText says how many arguments are right.
func countText(least, most int) string {
	switch {
	case most == anyNumber:
		return fmt.Sprintf("at least %d arguments", least)
	case least != most:
		return fmt.Sprintf("%d to %d arguments", least, most)
	case least == 1:
		return "1 argument"
	default:
		return strconv.Itoa(least) + " arguments"
	}
}
