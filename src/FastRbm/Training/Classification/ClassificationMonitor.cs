using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Classification;
using FastRbm.Threading;

namespace FastRbm.Training.Classification;

/// <summary>Error and cross-entropy of a model on labelled rows, by a team. Allocates nothing after its construction.</summary>
internal sealed class ClassificationMonitor : ITeamTask
{
    private readonly ILabelledRows _rows;
    private readonly ThreadTeam _team;
    private readonly ClassScores[] _scores;
    private readonly Matrix _logProbabilities;

    /// <summary>Allocates for a model and rows.</summary>
    /// <param name="model">The model.</param>
    /// <param name="rows">Rows that all have labels.</param>
    /// <param name="team">Threads, not owned.</param>
    public ClassificationMonitor(ClassificationRbm model, ILabelledRows rows, ThreadTeam team)
    {
        _rows = rows;
        _team = team;
        _scores = [.. Enumerable.Range(0, team.Members).Select(_ => new ClassScores(model))];
        _logProbabilities = new Matrix(rows.Rows, model.Classes);
    }

    /// <summary>Measures.</summary>
    /// <returns>The share of rows told wrong, and the mean of -ln p(y | v).</returns>
    public (double Error, double CrossEntropy) Measure()
    {
        _team.Run(this);
        ReadOnlySpan<byte> labels = _rows.Labels.Span;
        double loss = 0;
        int wrong = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            ReadOnlySpan<float> line = _logProbabilities.Row(row);
            loss -= line[labels[row]];
            int largest = 0;
            for (int y = 1; y < line.Length; y++)
            {
                largest = line[y] > line[largest] ? y : largest;
            }

            wrong += largest == labels[row] ? 0 : 1;
        }

        return ((double)wrong / labels.Length, loss / labels.Length);
    }

    /// <inheritdoc/>
    void ITeamTask.Run(int member, int members)
    {
        (int first, int end) = ThreadTeam.Share(_rows.Rows, member, members);
        _scores[member].Run(_rows, 0, _logProbabilities, first, end);
    }
}
