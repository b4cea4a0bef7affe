using Penstock.Central.Commands;

namespace Penstock.Central.Kafka.Check;

/// <summary>The check of <c>run</c>: what would lose records stops the start, what is only worse than planned is logged.</summary>
internal static class StartCheck
{
    /// <exception cref="StartException">A topic would lose records, or the client does not take its settings.</exception>
    public static async Task RunAsync(KafkaOptions options, ILogger log)
    {
        using var admin = KafkaClients.BuildAdmin(options);
        try
        {
            Judge(await TopicsLook.AtAsync(admin, options, null), log);
        }
        catch (ClusterException)
        {
            // A cluster that is away is no wrong configuration: the stream waits for it and says so.
        }
    }

    private static void Judge(TopicsLook look, ILogger log)
    {
        foreach (var finding in look.Findings)
        {
            if (finding.Then == Consequence.Refuse)
                throw new StartException($"topic {finding.Topic}: {finding.Setting} is {finding.Found}, it must be {finding.Wanted}: {finding.Why}. Repair it with  penstock-central topics apply", ExitCode.WrongUsage);
            if (finding.Then == Consequence.Warn)
                log.TopicDiffers(finding.Topic, finding.Setting, finding.Found, finding.Wanted, finding.Why ?? "");
            if (finding.State == FindingState.NotChecked)
                log.TopicNotChecked(finding.Topic, finding.Setting, finding.Why ?? "");
        }
    }
}
