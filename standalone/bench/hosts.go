package main

import "context"

func hostList(_ context.Context, _ options) ([]row, error) { return nil, nil }
