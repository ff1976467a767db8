// Deploys one profile through Pulumi's Automation API: `go run . up`, `go run . preview`, `go run . destroy`.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/pulumi-codestar/pulumi-codestar/sdk/go/codestar"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func program(ctx *pulumi.Context) error {
	ada, err := codestar.NewUserProfile(ctx, "ada", &codestar.UserProfileArgs{
		UserArn:      pulumi.String("arn:aws:iam::123456789012:user/ada"),
		DisplayName:  pulumi.String("Ada Lovelace"),
		EmailAddress: pulumi.String("ada@example.com"),
	})
	if err != nil {
		return err
	}
	live := codestar.LookupUserProfileOutput(ctx, codestar.LookupUserProfileOutputArgs{UserArn: ada.UserArn})
	ctx.Export("region", ada.Region)
	ctx.Export("emailAddress", live.EmailAddress())
	return nil
}

func run(ctx context.Context, args []string) error {
	// The project's settings are in Pulumi.yaml beside this file.
	stack, err := auto.UpsertStackInlineSource(ctx, "dev", "codestar-go", program, auto.WorkDir("."))
	if err != nil {
		return err
	}
	command := ""
	if len(args) == 1 {
		command = args[0]
	}
	switch command {
	case "up":
		_, err = stack.Up(ctx, optup.ProgressStreams(os.Stdout))
	case "preview":
		_, err = stack.Preview(ctx, optpreview.ProgressStreams(os.Stdout), optpreview.ExpectNoChanges())
	case "destroy":
		_, err = stack.Destroy(ctx, optdestroy.ProgressStreams(os.Stdout))
	default:
		err = fmt.Errorf("usage: go run . up|preview|destroy")
	}
	return err
}
