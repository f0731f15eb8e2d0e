package config

import "reflect"

type setting struct{ name, def, doc string }

// settings reads the struct's tags in the order of its fields.
func settings() []setting {
	t := reflect.TypeFor[Config]()
	out := make([]setting, 0, t.NumField())
	for f := range t.Fields() {
		out = append(out, setting{f.Tag.Get("env"), f.Tag.Get("envDefault"), f.Tag.Get("doc")})
	}
	return out
}
