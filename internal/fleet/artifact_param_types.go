package fleet

import (
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"regexp"
	"regexp/syntax"
	"strconv"
	"strings"
	"time"
)

// typeProblem says what is wrong with a value that the server takes and the endpoint then reads as nothing, or as something
// else, without a word. Types that are only texts, among them hidden, redacted, yara and yaml, and those nobody knows take all.
func typeProblem(kind, value string) string {
	switch strings.ToLower(kind) {
	case "bool":
		return boolProblem(value)
	case "int", "int64", "integer":
		if _, err := strconv.ParseInt(value, 0, 64); err != nil {
			return "must be a whole number"
		}
	case "float":
		if _, err := strconv.ParseFloat(value, 64); err != nil {
			return "must be a number"
		}
	case "timestamp":
		return timeProblem(value)
	case "regex":
		return regexProblem(value)
	case "upload", "upload_file":
		return uploadProblem(value)
	default:
		return documentProblem(strings.ToLower(kind), value)
	}
	return ""
}

// documentProblem is for values that the endpoint parses as a whole.
func documentProblem(kind, value string) string {
	switch kind {
	case "csv", "artifactset":
		return csvProblem(value)
	case "json":
		if !json.Valid([]byte(value)) {
			return "must be JSON"
		}
	case "json_array", "multichoice":
		if _, problem := listOf[json.RawMessage](value); problem != "" {
			return problem
		}
	case "regex_array":
		list, problem := listOf[string](value)
		for _, r := range list {
			if problem == "" {
				problem = regexProblem(r)
			}
		}
		return problem
	case "xml":
		return xmlProblem(value)
	}
	return ""
}

// boolProblem: the endpoint takes Y, YES, TRUE and OK for yes, and every other text for no.
func boolProblem(value string) string {
	switch strings.ToUpper(value) {
	case "Y", "YES", "TRUE", "OK", "N", "NO", "FALSE", "0":
		return ""
	case "1":
		return "must be Y or N: endpoints take 1 for no"
	}
	return "must be Y or N"
}

func timeProblem(value string) string {
	if _, err := strconv.ParseFloat(value, 64); err == nil {
		return ""
	}
	for _, layout := range []string{
		time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04:05.999999999", "2006-01-02 15:04", time.DateOnly,
		"2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999 Z07:00", "2006-01-02 15:04:05.999999999 MST",
		"2006-01-02 15:04:05.999999999 -0700 MST",
	} {
		if _, err := time.Parse(layout, value); err == nil {
			return ""
		}
	}
	return "must be a time, such as 2026-05-04T10:00:00Z, or seconds since 1970"
}

// regexProblem: endpoints read expressions as Go does, without regard to case.
func regexProblem(value string) string {
	_, err := regexp.Compile("(?i)" + value)
	if said, ok := errors.AsType[*syntax.Error](err); ok {
		return "must be a regular expression: " + said.Code.String() + " " + quoted(said.Expr)
	}
	return ""
}

// uploadProblem: the endpoint fetches the file from an address that is its value.
func uploadProblem(value string) string {
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return "must be the http or https address where the endpoint fetches the file: its contents can't be given here"
	}
	return ""
}

func csvProblem(value string) string {
	r := csv.NewReader(strings.NewReader(value))
	for {
		_, err := r.Read()
		if errors.Is(err, io.EOF) {
			return ""
		}
		if said, ok := errors.AsType[*csv.ParseError](err); ok {
			return "must be CSV with a line of names first: line " + strconv.Itoa(said.Line) + ": " + said.Err.Error()
		}
		if err != nil {
			return "must be CSV"
		}
	}
}

func xmlProblem(value string) string {
	d := xml.NewDecoder(strings.NewReader(value))
	for elements := 0; ; {
		token, err := d.Token()
		switch {
		case errors.Is(err, io.EOF) && elements > 0:
			return ""
		case err != nil:
			return "must be XML"
		}
		if _, ok := token.(xml.StartElement); ok {
			elements++
		}
	}
}

// listOf reads a JSON array.
func listOf[T any](value string) (list []T, problem string) {
	if err := json.Unmarshal([]byte(value), &list); err != nil || list == nil {
		return nil, `must be a JSON array, such as ["a", "b"]`
	}
	return list, ""
}
