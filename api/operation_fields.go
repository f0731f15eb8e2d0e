package api

import (
	"fmt"
	"reflect"
)

// hiddenFields finds an embedded struct whose name isn't exported in what an operation takes or answers: huma leaves its fields
// out of the document, and of a query takes none of them.
func hiddenFields(t reflect.Type, seen map[reflect.Type]bool) error {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return hiddenFields(t.Elem(), seen)
	case reflect.Struct:
	default:
		return nil
	}
	if seen[t] {
		return nil
	}
	seen[t] = true
	for f := range t.Fields() {
		if f.Anonymous && !f.IsExported() {
			return fmt.Errorf("%s embeds %s, whose name must be exported", t, f.Name)
		}
		if !f.IsExported() {
			continue
		}
		if err := hiddenFields(f.Type, seen); err != nil {
			return err
		}
	}
	return nil
}
