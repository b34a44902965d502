using FastRbm.Memory;

namespace FastRbm.Training;

/// <summary>A training run whose whole state can be saved between two updates and restored in another process.</summary>
/// <remarks>The model's own parameters are saved as a model; this is what a run has beside them.</remarks>
public interface ITrainingRun
{
    /// <summary>All that the result depends on but the data, by name: two parts of one run must agree on it. Not the number of threads.</summary>
    IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>The number of updates done.</summary>
    long Update { get; }

    /// <summary>Velocities, averages, chains of real numbers: what is written and restored in place, by name.</summary>
    IEnumerable<(string Name, Matrix Values)> FloatState { get; }

    /// <summary>Chains of bits, by name: written and restored in place.</summary>
    IEnumerable<(string Name, BitMatrix Values)> BitState { get; }

    /// <summary>Numbers that say where the run stands, the count of updates among them.</summary>
    /// <returns>A new array, of a length that doesn't change during a run.</returns>
    double[] SaveCounters();

    /// <summary>Goes back to where a run stood.</summary>
    /// <param name="counters">What <see cref="SaveCounters"/> gave.</param>
    /// <exception cref="ArgumentException">No run with these settings stands there.</exception>
    void RestoreCounters(double[] counters);
}
