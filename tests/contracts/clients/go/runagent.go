// Package runagent has the public signatures of RunAgent's Go library 0.1.49 that programs use,
// and none of its behaviour: it is what generated programs are compiled against.
package runagent

import (
	"context"
	"net/http"
)

type Config struct {
	AgentID        string
	EntrypointTag  string
	Local          *bool
	Host           string
	Port           int
	BaseURL        string
	APIKey         string
	TimeoutSeconds int
	AsyncExecution *bool
	ExtraParams    map[string]interface{}
	HTTPClient     *http.Client
}

type RunAgentClient struct{}

type StreamIterator struct{}

type argsToken struct{}

type kwsToken struct{}

func Bool(v bool) *bool { return &v }

func Args(v ...any) argsToken { return argsToken{} }

func Kws(m map[string]any) kwsToken { return kwsToken{} }

func NewRunAgentClient(cfg Config) (*RunAgentClient, error) { return nil, nil }

func (c *RunAgentClient) Run(ctx context.Context, values ...any) (interface{}, error) {
	return nil, nil
}

func (c *RunAgentClient) RunStream(ctx context.Context, values ...any) (*StreamIterator, error) {
	return nil, nil
}

func (s *StreamIterator) Next(ctx context.Context) (interface{}, bool, error) {
	return nil, false, nil
}

func (s *StreamIterator) Close() error { return nil }
